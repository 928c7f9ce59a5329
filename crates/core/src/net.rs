//! One net on tract: ONNX bytes and pre-processing as data in, plain f32 tensors out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

use ndarray::{Array4, ArrayD};
use serde::{Deserialize, Serialize};
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto, tensor_proto::DataType};
use tract_onnx::prelude::*;
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
