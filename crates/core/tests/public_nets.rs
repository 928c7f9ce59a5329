//! Public nets through the same code. Their weights lie beside the repository, not in it; without them nothing is tested here.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use facecert_core::Template;
use facecert_core::detect::DetectOptions;
use facecert_core::engine::Engine;
use facecert_core::frame::{Image, Limits};
use facecert_core::pack::Pack;
use facecert_match::reference;
use sha2::{Digest as _, Sha256};

const YUNET: &str = r#"
decoder = "yunet"
input = { channels = "bgr", mean = [0.0, 0.0, 0.0], scale = [1.0, 1.0, 1.0] }
sizes = [[320, 320], [640, 480], [480, 640], [640, 640]]
score_threshold = 0.6
nms_iou = 0.45
direct_conv = true
"#;

const ARCFACE: &str =
    "alignment = [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]";

const EDGEFACE: &str = "
input = { channels = \"rgb\", mean = [127.5, 127.5, 127.5], scale = [0.007843137, 0.007843137, 0.007843137] }
size = [112, 112]
dim = 512
";

const FOAMLIU: &str = "
input = { channels = \"rgb\", mean = [123.675, 116.28, 103.53], scale = [0.017124754, 0.017507003, 0.017429193] }
size = [112, 112]
dim = 128
";

const OMZ: &str = "
input = { channels = \"bgr\", mean = [0.0, 0.0, 0.0], scale = [1.0, 1.0, 1.0] }
size = [128, 128]
dim = 256
alignment = [[40.3928, 59.0815], [87.3757, 59.0815], [64.0336, 81.9847], [44.7324, 105.5606], [83.6399, 105.5606]]
";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn engine(embedder: &str, settings: &str) -> Option<Engine> {
    let weights = root().join("../shared/weights");
    let folder = tempfile::tempdir().unwrap();
    let mut manifest = "format = 1\nid = \"public\"\n".to_owned();
    for (table, file, settings) in [("detector", "yunet/yunet_n_dynamic.onnx", YUNET), ("embedder", embedder, settings)]
    {
        let bytes = fs::read(weights.join(file)).ok()?;
        let name = file.rsplit('/').next().unwrap();
        let digest: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        write!(manifest, "[{table}]\nfile = \"{name}\"\nsha256 = \"{digest}\"{settings}").unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::write(folder.path().join("manifest.toml"), manifest).unwrap();
    let engine = Engine::new(Pack::open(folder.path()).unwrap());
    engine.prepare().unwrap();
    engine.warm_up_detector().unwrap();
    Some(engine)
}

fn template(engine: &Engine, name: &str) -> Template {
    let image = Image::open(&root().join("tests/data/photos").join(name), &Limits::default()).unwrap();
    let faces = engine.detect(&image, &DetectOptions::default()).unwrap();
    engine.embed(&image, &faces[0]).unwrap()
}

#[test]
fn yunet_and_three_public_embedders_run_through_the_same_code() {
    let nets = [
        ("edgeface-xs/edgeface_xs.onnx", [EDGEFACE, ARCFACE].concat()),
        ("mobilefacenet-foamliu/MobileFaceNet.onnx", [FOAMLIU, ARCFACE].concat()),
        ("omz-face-reidentification-retail-0095/omz_face_reid_0095.onnx", OMZ.to_owned()),
    ];
    for (file, settings) in nets {
        let Some(engine) = engine(file, &settings) else {
            println!("skipped: the public weights are not beside the repository");
            return;
        };
        let [a, b, other] = ["obama-1.jpg", "obama-2.jpg", "biden-1.jpg"].map(|name| template(&engine, name));
        let (same, different) =
            (reference::score(a.values(), b.values()), reference::score(a.values(), other.values()));
        assert!(same > 0.5 && different < 0.3, "{file}: {same} {different}");
    }
}

#[test]
fn our_detector_and_yunet_find_the_same_faces() {
    let Some(yunet) = engine("edgeface-xs/edgeface_xs.onnx", &[EDGEFACE, ARCFACE].concat()) else {
        println!("skipped: the public weights are not beside the repository");
        return;
    };
    let own = Engine::embedded().unwrap();
    for name in ["obama-1.jpg", "obama-2.jpg", "biden-1.jpg", "collins-1.png", "hopper-1.jpg"] {
        let image = Image::open(&root().join("tests/data/photos").join(name), &Limits::default()).unwrap();
        let [a, b] = [&own, &yunet].map(|e| e.detect(&image, &DetectOptions::default()).unwrap()[0]);
        assert!(a.rect.iou(&b.rect) > 0.6, "{name}: {:?} {:?}", a.rect, b.rect);
        for (p, q) in a.points.iter().zip(&b.points) {
            assert!(p.distance(*q) < 0.15 * b.inter_eye_px(), "{name}: {p:?} {q:?}");
        }
    }
}
