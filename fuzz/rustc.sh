#!/bin/sh
# rustc for fuzz/run.sh: without coverage for the inner crates of the net runtime, which take longest to build. What reads
# nets (tract-onnx, prost) keeps it.
case " $* " in
*" --crate-name tract_core "* | *" --crate-name tract_hir "* | *" --crate-name tract_linalg "* | *" --crate-name tract_nnef "*)
    for argument; do
        shift
        case $argument in
        -Cpasses=* | -Cllvm-args=-sanitizer-*) ;;
        *) set -- "$@" "$argument" ;;
        esac
    done
    ;;
esac
exec "$@"
