//! Whatever numbers come in: a frame that can be read, or an error that names the fault.

use facecert_core::Error;
use facecert_core::frame::{Frame, Image, PixelFormat, Plane};
use proptest::prelude::*;

fn number<T: Copy + std::fmt::Debug + Arbitrary + 'static>(
    near: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<T> {
    prop_oneof![4 => near, 1 => any::<T>()].boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn no_number_makes_a_frame_panic(
        format in prop::sample::select(PixelFormat::ALL.to_vec()),
        width in number(0_u32..9),
        height in number(0_u32..9),
        degrees in number(prop::sample::select(vec![0_u32, 90, 180, 270])),
        planes in prop::collection::vec((0_usize..200, number(-40_isize..40), number(0_usize..6)), 0..4),
    ) {
        let memory = [7; 200];
        let planes: Vec<_> = planes
            .iter()
            .map(|&(bytes, row_stride, pixel_stride)| Plane { data: &memory[..bytes], row_stride, pixel_stride })
            .collect();
        let frame = Frame::new(format, width, height, &planes).and_then(|frame| frame.with_rotation_degrees(degrees));
        if let Ok(frame) = frame {
            let image = frame.to_rgb();
            prop_assert_eq!((image.width(), image.height()), frame.upright_size());
        }
    }

    #[test]
    fn the_wanted_length_is_just_enough(
        format in prop::sample::select(PixelFormat::ALL.to_vec()),
        width in 1_u32..40,
        height in 1_u32..40,
        row_stride in prop_oneof![-400_isize..-160, 160_isize..400],
    ) {
        let empty = vec![Plane { data: &[], row_stride, pixel_stride: 0 }; format.planes()];
        let Err(Error::FramePlaneLength { plane: 0, given: 0, wanted }) = Frame::new(format, width, height, &empty) else {
            return Err(TestCaseError::fail("a frame without data"));
        };
        let large = vec![0; 40 * 400];
        let mut planes = vec![Plane { data: &large, row_stride, pixel_stride: 0 }; format.planes()];
        planes[0].data = &large[..wanted as usize];
        let frame = Frame::new(format, width, height, &planes);
        prop_assert!(frame.is_ok());
        frame.map(|frame| frame.to_rgb())?;
        planes[0].data = &large[..wanted as usize - 1];
        prop_assert!(Frame::new(format, width, height, &planes).is_err());
    }
}

#[test]
fn errors_name_the_plane_and_both_numbers() {
    let data = [0; 64];
    let plane = |row_stride, pixel_stride| Plane { data: &data, row_stride, pixel_stride };
    let fault = |format, width, planes: &[Plane]| Frame::new(format, width, 4, planes).unwrap_err();
    let cases = [
        (fault(PixelFormat::Gray, 0, &[plane(0, 0)]), 1100, "0 x 4"),
        (fault(PixelFormat::Gray, 70_000, &[plane(0, 0)]), 1100, "70000 x 4"),
        (fault(PixelFormat::Nv12, 4, &[plane(0, 0)]), 1102, "Nv12 has 2 plane(s), 1 given"),
        (fault(PixelFormat::Nv12, 4, &[plane(0, 0), plane(0, 1)]), 1103, "plane 1 has a pixel stride of 1"),
        (fault(PixelFormat::Rgb, 4, &[plane(-11, 0)]), 1104, "plane 0 has a row stride of -11"),
        (fault(PixelFormat::Rgb, 6, &[plane(0, 0)]), 1105, "plane 0 has 64 bytes; size and strides need 72"),
    ];
    for (error, number, text) in cases {
        assert_eq!(error.number(), number);
        assert!(error.to_string().contains(text), "{error}");
    }
    let frame = Frame::new(PixelFormat::Gray, 4, 4, &[plane(0, 0)]).unwrap();
    assert_eq!(frame.with_rotation_degrees(1).unwrap_err().number(), 1101);
}

#[test]
fn images_have_the_size_of_their_data() {
    assert_eq!(Image::from_rgb(2, 2, vec![0; 11]).unwrap_err(), Error::ImageLength { given: 11, wanted: 12 });
    assert_eq!(Image::black(0, 2).unwrap_err().number(), 1110);
    assert_eq!(Image::black(65_536, 65_536).unwrap_err().number(), 1110);
    assert!(Image::from_rgb(2, 2, vec![0; 12]).is_ok());
}

#[test]
fn pixels_stay_out_of_debug_output() {
    let data = [0xAB; 12];
    let frame = Frame::new(PixelFormat::Rgb, 2, 2, &[Plane::packed(&data)]).unwrap();
    let shown = format!("{frame:?} {:?} {:?}", Plane::packed(&data), frame.to_rgb());
    assert!(!shown.contains("171") && !shown.to_lowercase().contains("ab"), "{shown}");
}
