import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Are two photos of the same person? The photos come as a phone's camera gives them: the reference as NV21, turned by 90
 * degrees; the probe as three planes with padded rows, as CameraX's ImageProxy has them, turned by 270. Usage: Verify
 * REFERENCE PROBE. Exit code: 0 match, 1 no match or not decidable, 2 error.
 */
public final class Verify {
  private static final Facecert LIBRARY = Native.load("facecert", Facecert.class);
  private static final int ROW_PADDING = 48;

  /** A frame, and the direct buffers that it points to. */
  private record Camera(Facecert.Frame frame, ByteBuffer[] planes) {}

  /** Upright RGB pixels of a decoded photo, with even sides. */
  private record Photo(byte[] rgb, int stride, int width, int height) {
    /** Luma and chroma of a stored pixel, by BT.601 with the full range. */
    int[] stored(int x, int y, int rotation) {
      int ux = rotation == 90 ? width - 1 - y : y;
      int uy = rotation == 90 ? x : height - 1 - x;
      int at = uy * stride + 3 * ux;
      int r = rgb[at] & 255, g = rgb[at + 1] & 255, b = rgb[at + 2] & 255;
      double luma = 0.299 * r + 0.587 * g + 0.114 * b;
      return new int[] {level(luma), level(128 + (b - luma) / 1.772), level(128 + (r - luma) / 1.402)};
    }

    private static int level(double value) {
      return (int) Math.max(0, Math.min(255, Math.round(value)));
    }
  }

  private static void done(int status, Facecert.Err err) {
    if (status != Facecert.OK) {
      throw new IllegalStateException(LIBRARY.facecert_status_name(status).getString(0) + ": " + err.text());
    }
  }

  private static Photo open(String path) {
    Facecert.Err err = new Facecert.Err();
    PointerByReference image = new PointerByReference();
    byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
    done(LIBRARY.facecert_image_open(name, Facecert.NUL, null, image, err), err);
    Facecert.Frame frame = new Facecert.Frame();
    done(LIBRARY.facecert_image_frame(image.getValue(), frame, err), err);
    byte[] rgb = frame.planes[0].data.getByteArray(0, frame.planes[0].len.intValue());
    LIBRARY.facecert_image_release(image.getValue());
    return new Photo(rgb, 3 * frame.width, frame.width & ~1, frame.height & ~1);
  }

  private static Camera camera(Photo photo, int format, int rotation) {
    int width = photo.height(), height = photo.width(); // as stored
    boolean interleaved = format == Facecert.FORMAT_NV21;
    int lumaStride = interleaved ? width : width + ROW_PADDING;
    int chromaStride = interleaved ? width : width / 2 + ROW_PADDING;
    ByteBuffer luma = ByteBuffer.allocateDirect(lumaStride * height);
    ByteBuffer cb = ByteBuffer.allocateDirect(chromaStride * height / 2);
    ByteBuffer cr = interleaved ? cb : ByteBuffer.allocateDirect(chromaStride * height / 2);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int[] pixel = photo.stored(x, y, rotation);
        luma.put(y * lumaStride + x, (byte) pixel[0]);
        if ((x | y) % 2 == 0) {
          int row = y / 2 * chromaStride;
          cr.put(interleaved ? row + x : row + x / 2, (byte) pixel[2]);
          cb.put(interleaved ? row + x + 1 : row + x / 2, (byte) pixel[1]);
        }
      }
    }
    ByteBuffer[] planes = interleaved ? new ByteBuffer[] {luma, cb} : new ByteBuffer[] {luma, cb, cr};
    Facecert.Frame frame = new Facecert.Frame();
    frame.format = format;
    frame.width = width;
    frame.height = height;
    frame.rotation_deg = rotation;
    frame.plane_count = planes.length;
    for (int i = 0; i < planes.length; i++) {
      frame.planes[i].data = Native.getDirectBufferPointer(planes[i]);
      frame.planes[i].len = new Facecert.SizeT(planes[i].capacity());
      frame.planes[i].row_stride = i == 0 ? lumaStride : chromaStride;
    }
    return new Camera(frame, planes);
  }

  private static boolean isMatch(String reference, String probe) {
    Facecert.Err err = new Facecert.Err();
    PointerByReference pack = new PointerByReference(), engine = new PointerByReference();
    done(LIBRARY.facecert_pack_default(pack, err), err);
    done(LIBRARY.facecert_engine_create(pack.getValue(), engine, err), err);
    Camera a = camera(open(reference), Facecert.FORMAT_NV21, 90);
    Camera b = camera(open(probe), Facecert.FORMAT_YUV420, 270);
    Facecert.Comparison result = new Facecert.Comparison();
    done(LIBRARY.facecert_verify(engine.getValue(), a.frame(), b.frame(), 100_000, result, err), err);
    Reference.reachabilityFence(a.planes());
    Reference.reachabilityFence(b.planes());
    LIBRARY.facecert_engine_release(engine.getValue());
    LIBRARY.facecert_pack_release(pack.getValue());
    System.out.printf("%s: score %.3f, threshold %.3f%n",
        result.outcome == Facecert.MATCH ? "match" : "no match, or not decidable", result.score, result.threshold);
    return result.outcome == Facecert.MATCH;
  }

  public static void main(String[] arguments) {
    try {
      System.exit(isMatch(arguments[0], arguments[1]) ? 0 : 1);
    } catch (IllegalStateException failure) {
      System.err.println(failure.getMessage());
      System.exit(2);
    }
  }
}
