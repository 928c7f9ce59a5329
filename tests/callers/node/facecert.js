/** The part of facecert.h that a server needs to verify photos, by koffi. */
import koffi from "koffi";

export function load(path) {
  const library = koffi.load(path);
  const handles = ["pack", "engine", "image"];
  for (const kind of handles) koffi.opaque(`facecert_${kind}`);
  koffi.struct("facecert_error", { struct_size: "uint32_t", status: "int32_t", cause: "int32_t", argument: "int32_t", message: koffi.array("char", 480) });
  koffi.struct("facecert_plane", { data: "const uint8_t *", len: "size_t", row_stride: "int64_t", pixel_stride: "uint32_t", reserved: "uint32_t" });
  koffi.struct("facecert_frame", {
    struct_size: "uint32_t", format: "int32_t", width: "uint32_t", height: "uint32_t", rotation_deg: "uint32_t",
    mirror: "uint32_t", yuv: "int32_t", plane_count: "uint32_t", planes: koffi.array("facecert_plane", 3),
  });
  koffi.struct("facecert_comparison", {
    struct_size: "uint32_t", outcome: "int32_t", reason: "int32_t", side: "int32_t", score: "float", threshold: "float",
    extrapolated: "uint32_t", reserved: "uint32_t", fmr_per_billion: "uint64_t", probability: "double",
  });
  const declare = (text) => library.func(text);
  const functions = {
    statusName: declare("const char *facecert_status_name(int32_t status)"),
    packDefault: declare("int32_t facecert_pack_default(_Out_ facecert_pack **out, _Inout_ facecert_error *err)"),
    engineCreate: declare("int32_t facecert_engine_create(facecert_pack *pack, _Out_ facecert_engine **out, _Inout_ facecert_error *err)"),
    imageDecode: declare("int32_t facecert_image_decode(const uint8_t *bytes, size_t len, void *options, _Out_ facecert_image **out, _Inout_ facecert_error *err)"),
    imageFrame: declare("int32_t facecert_image_frame(facecert_image *image, _Inout_ facecert_frame *out, _Inout_ facecert_error *err)"),
    verify: declare("int32_t facecert_verify(facecert_engine *engine, const facecert_frame *a, const facecert_frame *b, uint64_t fmr, _Inout_ facecert_comparison *out, _Inout_ facecert_error *err)"),
  };
  for (const kind of handles) functions[`${kind}Release`] = declare(`int32_t facecert_${kind}_release(facecert_${kind} *handle)`);
  return functions;
}

/** A struct that begins with its size, ready for use. */
export const init = (name, rest = {}) => ({ struct_size: koffi.sizeof(name), ...rest });

/** Runs a function whose last parameter is `err` on a thread of Node's pool; what fails is rejected with the library's words. */
export function call(library, fn, ...args) {
  const err = init("facecert_error", { status: 0, cause: 0, argument: 0, message: "" });
  return new Promise((resolve, reject) =>
    fn.async(...args, err, (fault, status) => {
      if (fault) reject(fault);
      else if (status !== 0) reject(new Error(`${library.statusName(status)}: ${err.message}`));
      else resolve();
    }),
  );
}

/** The handle that such a function gives. */
export async function make(library, fn, ...args) {
  const out = [null];
  await call(library, fn, ...args, out);
  return out[0];
}
