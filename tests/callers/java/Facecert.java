import com.sun.jna.IntegerType;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;

/** The part of facecert.h that a program needs to verify frames of a camera. */
public interface Facecert extends Library {
  int OK = 0;
  int FORMAT_NV21 = 7;
  int FORMAT_YUV420 = 8;
  int MATCH = 1;
  SizeT NUL = new SizeT(-1);

  int facecert_pack_default(PointerByReference out, Err err);

  int facecert_pack_release(Pointer pack);

  int facecert_engine_create(Pointer pack, PointerByReference out, Err err);

  int facecert_engine_release(Pointer engine);

  int facecert_image_open(byte[] path, SizeT pathLen, Pointer options, PointerByReference out, Err err);

  int facecert_image_frame(Pointer image, Frame out, Err err);

  int facecert_image_release(Pointer image);

  int facecert_verify(Pointer engine, Frame reference, Frame probe, long fmrPerBillion, Comparison out, Err err);

  Pointer facecert_status_name(int status);

  /** size_t, which JNA does not have. */
  final class SizeT extends IntegerType {
    private static final long serialVersionUID = 1;

    public SizeT() {
      this(0);
    }

    public SizeT(long value) {
      super(Native.SIZE_T_SIZE, value, true);
    }
  }

  @FieldOrder({"struct_size", "status", "cause", "argument", "message"})
  final class Err extends Structure {
    public int struct_size;
    public int status;
    public int cause;
    public int argument;
    public byte[] message = new byte[480];

    public Err() {
      struct_size = size();
    }

    public String text() {
      return Native.toString(message, StandardCharsets.UTF_8.name());
    }
  }

  @FieldOrder({"data", "len", "row_stride", "pixel_stride", "reserved"})
  class Plane extends Structure {
    public Pointer data;
    public SizeT len = new SizeT();
    public long row_stride;
    public int pixel_stride;
    public int reserved;
  }

  @FieldOrder({"struct_size", "format", "width", "height", "rotation_deg", "mirror", "yuv", "plane_count", "planes"})
  final class Frame extends Structure {
    public int struct_size;
    public int format;
    public int width;
    public int height;
    public int rotation_deg;
    public int mirror;
    public int yuv;
    public int plane_count;
    public Plane[] planes = {new Plane(), new Plane(), new Plane()};

    public Frame() {
      struct_size = size();
    }
  }

  @FieldOrder({"struct_size", "outcome", "reason", "side", "score", "threshold", "extrapolated", "reserved", "fmr_per_billion",
      "probability"})
  final class Comparison extends Structure {
    public int struct_size;
    public int outcome;
    public int reason;
    public int side;
    public float score;
    public float threshold;
    public int extrapolated;
    public int reserved;
    public long fmr_per_billion;
    public double probability;

    public Comparison() {
      struct_size = size();
    }
  }
}
