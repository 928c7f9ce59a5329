//! One net on tract: ONNX bytes and pre-processing as data in, plain f32 tensors out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

use ndarray::{Array4, ArrayD};
use serde::{Deserialize, Serialize};
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto, tensor_proto::DataType};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::bail;
use tract_onnx::tract_core::knobs::{KnobScope, set_config_global};

use crate::error::{Error, Result};
use crate::frame::Image;

/// How pixels become a net's input: planes in this order, each `(value - mean) * scale`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which plane comes first.
    pub channels: Channels,
    /// Subtracted, per plane, in units of 0 to 255.
    pub mean: [f32; 3],
    /// Multiplied afterwards, per plane.
    pub scale: [f32; 3],
}

/// Order of the colour planes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channels {
    /// Red first.
    Rgb,
    /// Blue first.
    Bgr,
}

impl Input {
    /// The net's input 1x3xHxW for a picture of exactly its size.
    pub fn tensor(&self, image: &Image) -> Array4<f32> {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let mut planes = Array4::zeros((1, 3, height, width));
        for (k, plane) in planes.as_slice_mut().unwrap_or_default().chunks_exact_mut(width * height).enumerate() {
            let source = if self.channels == Channels::Rgb { k } else { 2 - k };
            let table: [f32; 256] = std::array::from_fn(|v| (v as f32 - self.mean[k]) * self.scale[k]);
            for (value, pixel) in plane.iter_mut().zip(image.data().chunks_exact(3)) {
                *value = table[usize::from(pixel[source])];
            }
        }
        planes
    }
}

/// A net whose input size is fixed; shared freely between threads.
#[derive(Clone)]
pub struct Net {
    id: Arc<str>,
    outputs: Arc<[String]>,
    plan: Arc<TypedSimplePlan>,
}

impl Net {
    /// Reads and optimises an ONNX file for inputs of 1x3x`height`x`width`.
    ///
    /// The bytes may come from anybody: weights that are not finite are refused (a ReLU would hide them), and a panic
    /// inside tract becomes an error.
    pub fn load(id: &str, onnx: &[u8], (width, height): (u32, u32), direct_conv: bool) -> Result<Self> {
        settle_cpu();
        let fault = |what: String| Error::Net { net: id.to_owned(), what: one_line(&what) };
        let build = || -> TractResult<(Vec<String>, Arc<TypedSimplePlan>)> {
            let reader = tract_onnx::onnx().with_ignore_output_shapes(true).with_ignore_value_info(true);
            let mut proto = reader.proto_model_for_read(&mut std::io::Cursor::new(onnx))?;
            prepare(&mut proto)?;
            let names = proto.graph.iter().flat_map(|g| &g.output).map(|o| o.name.clone()).collect();
            // The direct path is 2 to 15 times slower for nets that begin at stride 4, faster for a stride-2 stem.
            let scope = KnobScope::new([("TRACT_DISABLE_DIRECT_SPATIAL", if direct_conv { "0" } else { "1" })])?;
            let plan = scope.enter(|| {
                let shape = [1, 3, height as usize, width as usize];
                let model = reader.model_for_proto_model(&proto)?.with_input_fact(0, f32::fact(shape).into())?;
                model.into_optimized()?.into_runnable()
            })?;
            Ok((names, plan))
        };
        match catch_unwind(AssertUnwindSafe(build)) {
            Ok(Ok((outputs, plan))) => Ok(Self { id: id.into(), outputs: outputs.into(), plan }),
            Ok(Err(cause)) => Err(fault(format!("{cause:#}"))),
            Err(_) => Err(fault("not a net that can be loaded; export it as ONNX opset 9 to 18".to_owned())),
        }
    }

    /// The net's id in its manifest.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Runs it. Outputs come in the file's order; each is checked to be finite.
    pub fn run(&self, input: Array4<f32>) -> Result<Vec<ArrayD<f32>>> {
        let fault = |what: String| Error::Net { net: self.id.to_string(), what: one_line(&what) };
        let run = || -> TractResult<Vec<ArrayD<f32>>> {
            let outputs = self.plan.run(tvec!(Tensor::from(input).into()))?;
            outputs.iter().map(|t| Ok(t.to_plain_array_view::<f32>()?.to_owned())).collect()
        };
        let outputs = run().map_err(|cause| fault(format!("{cause:#}")))?;
        match outputs.iter().zip(self.outputs.iter()).find(|(t, _)| !t.iter().all(|v| v.is_finite())) {
            Some((_, name)) => {
                Err(fault(format!("output {name} is not finite: the weights are damaged; use another pack")))
            }
            None => Ok(outputs),
        }
    }

    /// Names of the outputs, in the order of [`Net::run`].
    pub fn outputs(&self) -> &[String] {
        &self.outputs
    }
}

/// Sets the one process-wide switch of tract, before its first plan: on AMD the FMA kernels are up to 40 % faster on
/// detectors than the AVX-512 ones (the bits are the same), on Intel slower. The environment variable wins.
fn settle_cpu() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if cpu_is_amd() {
            // It can only fail if the host set it already; then the host's choice stands.
            let _ = set_config_global("TRACT_CPU_ISA", "-avx512f");
        }
    });
}

#[cfg(target_arch = "x86_64")]
fn cpu_is_amd() -> bool {
    let leaf = std::arch::x86_64::__cpuid(0);
    (leaf.ebx, leaf.edx, leaf.ecx) == (0x6874_7541, 0x6974_6e65, 0x444d_4163) // "AuthenticAMD"
}

#[cfg(not(target_arch = "x86_64"))]
fn cpu_is_amd() -> bool {
    false
}

/// Refuses damaged weights and rewrites what tract runs slowly into an exact faster form.
fn prepare(model: &mut ModelProto) -> TractResult<()> {
    let Some(graph) = model.graph.as_mut() else { bail!("no graph in the file") };
    for weights in &graph.initializer {
        if !is_finite(weights) {
            bail!("weights {:?} are not finite: the file is damaged", weights.name);
        }
    }
    rewrite_prelu(graph);
    Ok(())
}

fn is_finite(weights: &TensorProto) -> bool {
    let raw = &weights.raw_data;
    if weights.data_type == DataType::Float as i32 {
        raw.chunks_exact(4).all(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]).is_finite())
            && weights.float_data.iter().all(|v| v.is_finite())
    } else if weights.data_type == DataType::Float16 as i32 {
        raw.chunks_exact(2).all(|b| u16::from_le_bytes([b[0], b[1]]) & 0x7c00 != 0x7c00) // exponent all ones: infinity or NaN
    } else {
        true
    }
}

/// `PRelu(x, a)` becomes `Relu(x) + a * Min(x, 0)`: the same bits for any slope, at half the time on tract.
fn rewrite_prelu(graph: &mut GraphProto) {
    const ZERO: &str = "facecert.prelu.zero";
    if !graph.node.iter().any(|n| is_prelu(n)) {
        return;
    }
    graph.initializer.push(TensorProto {
        name: ZERO.to_owned(),
        data_type: DataType::Float as i32,
        float_data: vec![0.0],
        ..TensorProto::default()
    });
    for node in std::mem::take(&mut graph.node) {
        if !is_prelu(&node) {
            graph.node.push(node);
            continue;
        }
        let (x, slope, out) = (&node.input[0], &node.input[1], &node.output[0]);
        let [up, low, scaled] = ["up", "low", "scaled"].map(|part| format!("{out}.prelu.{part}"));
        let op = |kind: &str, inputs: &[&str], output: &str| NodeProto {
            name: output.to_owned(),
            op_type: kind.to_owned(),
            input: inputs.iter().map(ToString::to_string).collect(),
            output: vec![output.to_owned()],
            ..NodeProto::default()
        };
        let parts = [
            op("Relu", &[x], &up),
            op("Min", &[x, ZERO], &low),
            op("Mul", &[&low, slope], &scaled),
            op("Add", &[&up, &scaled], out),
        ];
        graph.node.extend(parts);
    }
}

fn is_prelu(node: &NodeProto) -> bool {
    node.op_type == "PRelu" && node.input.len() == 2 && node.output.len() == 1
}

fn one_line(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    line.join(" ").chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message as _;
    use tract_onnx::pb::{
        OperatorSetIdProto, TensorShapeProto, TypeProto, ValueInfoProto, tensor_shape_proto, type_proto,
    };

    const SLOPES: [f32; 3] = [0.25, -0.5, 2.39]; // public nets have slopes above 1

    fn constant(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
        TensorProto {
            name: name.to_owned(),
            dims: dims.to_vec(),
            data_type: DataType::Float as i32,
            raw_data: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            ..TensorProto::default()
        }
    }

    /// `y = op(x, weights)` on 1x3x2x2.
    fn model(op: &str, weights: TensorProto) -> ModelProto {
        let value = |name: &str, dims: &[i64]| {
            let dim = |d: &i64| tensor_shape_proto::Dimension {
                value: Some(tensor_shape_proto::dimension::Value::DimValue(*d)),
                ..Default::default()
            };
            let tensor = type_proto::Tensor {
                elem_type: DataType::Float as i32,
                shape: Some(TensorShapeProto { dim: dims.iter().map(dim).collect() }),
            };
            ValueInfoProto {
                name: name.to_owned(),
                r#type: Some(TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..TypeProto::default() }),
                ..ValueInfoProto::default()
            }
        };
        let node = NodeProto {
            name: "node".to_owned(),
            op_type: op.to_owned(),
            input: vec!["x".to_owned(), weights.name.clone()],
            output: vec!["y".to_owned()],
            ..NodeProto::default()
        };
        ModelProto {
            ir_version: 8,
            opset_import: vec![OperatorSetIdProto { version: 13, ..OperatorSetIdProto::default() }],
            graph: Some(GraphProto {
                name: "graph".to_owned(),
                node: vec![node],
                initializer: vec![weights],
                input: vec![value("x", &[1, 3, 2, 2])],
                output: vec![value("y", &[1, 3, 2, 2])],
                ..GraphProto::default()
            }),
            ..ModelProto::default()
        }
    }

    fn load(model: &ModelProto) -> Result<Net> {
        Net::load("test", &model.encode_to_vec(), (2, 2), false)
    }

    #[test]
    fn prelu_rewritten_gives_the_bits_of_its_definition() {
        let model = model("PRelu", constant("slope", &[3, 1, 1], &SLOPES));
        let mut prepared = model.clone();
        prepare(&mut prepared).unwrap();
        assert!(prepared.graph.unwrap().node.iter().all(|n| n.op_type != "PRelu"));
        let x =
            Array4::from_shape_fn((1, 3, 2, 2), |(_, c, y, x)| (c as f32 - 1.3) * (y as f32 - 0.7) * (x as f32 + 0.11));
        let outputs = load(&model).unwrap().run(x.clone()).unwrap();
        for ((_, c, _, _), value) in x.indexed_iter() {
            let index = x.indexed_iter().position(|(_, v)| std::ptr::eq(v, value)).unwrap();
            let wanted = if *value > 0.0 { *value } else { SLOPES[c] * value };
            assert_eq!(outputs[0].iter().nth(index).unwrap().to_bits(), (wanted + 0.0).to_bits());
        }
    }

    #[test]
    fn damaged_weights_are_refused_at_load() {
        for value in [f32::NAN, f32::INFINITY] {
            let error = load(&model("Mul", constant("w", &[1], &[value]))).err().unwrap();
            assert!(error.to_string().contains("not finite"), "{error}");
        }
    }

    #[test]
    fn an_output_that_is_not_finite_is_an_error() {
        let net = load(&model("Mul", constant("w", &[1], &[1e38]))).unwrap();
        assert!(net.run(Array4::from_elem((1, 3, 2, 2), 1.0)).is_ok());
        let error = net.run(Array4::from_elem((1, 3, 2, 2), 1e38)).unwrap_err();
        assert!(error.to_string().contains("output y is not finite"), "{error}");
    }

    #[test]
    fn what_is_no_net_is_an_error_of_one_line() {
        for bytes in [&b""[..], b"not a net", &[0xff; 64]] {
            let error = Net::load("test", bytes, (2, 2), false).err().unwrap().to_string();
            assert!(!error.contains('\n') && error.starts_with("net test: "), "{error}");
        }
    }

    #[test]
    fn pixels_become_planes_in_the_order_asked_for() {
        let image = Image::from_rgb(2, 1, vec![10, 20, 30, 40, 50, 60]).unwrap();
        let input = |channels| Input { channels, mean: [10.0; 3], scale: [0.5; 3] };
        assert_eq!(input(Channels::Rgb).tensor(&image).into_raw_vec_and_offset().0, [0.0, 15.0, 5.0, 20.0, 10.0, 25.0]);
        assert_eq!(input(Channels::Bgr).tensor(&image).into_raw_vec_and_offset().0, [10.0, 25.0, 5.0, 20.0, 0.0, 15.0]);
    }
}
