//! The DET curve (ISO/IEC 19795-1) as SVG: FNMR over FMR, both logarithmic.

use facecert_core::metrics::DetPoint;
use plotters::prelude::*;

use crate::output::Failure;

/// Draws the curve. Points with a rate of zero have no place on a logarithmic axis and are left out.
pub fn det(title: &str, curve: &[DetPoint]) -> Result<String, Failure> {
    let points: Vec<(f64, f64)> =
        curve.iter().filter(|p| p.fmr > 0.0 && p.fnmr > 0.0).map(|p| (p.fmr, p.fnmr)).collect();
    let lowest = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).fold(1.0, f64::min) / 1.5;
    let (left, bottom) = (lowest(|p| p.0), lowest(|p| p.1));
    let mut svg = String::new();
    {
        let fault = |e: &dyn std::fmt::Display| Failure::new(format_args!("plot: {e}"));
        let area = SVGBackend::with_string(&mut svg, (720, 540)).into_drawing_area();
        area.fill(&WHITE).map_err(|e| fault(&e))?;
        let mut chart = ChartBuilder::on(&area)
            .caption(title, ("sans-serif", 20))
            .margin(16)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d((left..1.0).log_scale(), (bottom..1.0).log_scale())
            .map_err(|e| fault(&e))?;
        chart
            .configure_mesh()
            .x_desc("false match rate")
            .y_desc("false non-match rate")
            .draw()
            .map_err(|e| fault(&e))?;
        chart.draw_series(LineSeries::new(points, BLUE.stroke_width(2))).map_err(|e| fault(&e))?;
        area.present().map_err(|e| fault(&e))?;
    }
    Ok(svg)
}
