//! `facecert bench`: how fast the library is on this machine.

use facecert_match::kernel::Kernel;
use facecert_match::measure::{Measured, Sizes, measure};

use crate::output::{Answer, Failure, Outcome, print_json, print_line};

/// Measure the library on this machine
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Match(MatchArgs),
}

/// Compare templates one to one, one to many and all with all, each beside its physical limit
///
/// The limits are measured in the same run. Vectors are random; a million rows of 512 take 2.6 GiB.
#[derive(clap::Args, Debug)]
pub struct MatchArgs {
    /// Components of a template
    #[arg(long, value_name = "N", default_value = "512", num_args = 1.., value_delimiter = ',')]
    dim: Vec<usize>,
    /// Rows that one query is compared with
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    scan_rows: usize,
    /// Rows that a batch of queries is compared with
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    batch_rows: usize,
    /// Queries of the batch
    #[arg(long, value_name = "N", default_value_t = 256)]
    batch_queries: usize,
    /// Rows that are compared with each other
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pair_rows: usize,
    /// Threads; 0 for one on each processor
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
    /// Repetitions, of which the best counts
    #[arg(long, value_name = "N", default_value_t = 5)]
    repetitions: usize,
    /// Print a line of JSON for each row
    #[arg(long)]
    json: bool,
}

pub fn run(command: &Command) -> Outcome {
    match command {
        Command::Match(args) => matching(args),
    }
}

fn matching(args: &MatchArgs) -> Outcome {
    let kernel = Kernel::detected().map_err(Failure::new)?;
    if !args.json {
        print_line(format_args!(
            "{:24} {:>6} {:>9} {:>8} {:>8} {:>11} {:>11} {:>8}",
            kernel.isa().name(),
            "dim",
            "rows",
            "queries",
            "threads",
            "M pairs/s",
            "limit",
            "share"
        ))?;
    }
    for &dim in &args.dim {
        let sizes = Sizes {
            dim,
            scan_rows: args.scan_rows,
            batch_rows: args.batch_rows,
            batch_queries: args.batch_queries,
            pair_rows: args.pair_rows,
            threads: args.threads,
            repetitions: args.repetitions,
        };
        let mut printed = Ok(());
        let mut print = |row: &Measured| {
            let print = if args.json { print_json(row) } else { print_line(in_columns(row)) };
            printed = std::mem::replace(&mut printed, Ok(())).and(print);
        };
        measure(kernel, &sizes, &mut print).map_err(Failure::new)?;
        printed?;
    }
    Ok(Answer::Yes)
}

fn in_columns(row: &Measured) -> String {
    let limit = row.limit_pairs_per_s.map_or("-".into(), |limit| format!("{:.1}", limit / 1e6));
    let share = row.share_of_limit.map_or("-".into(), |share| format!("{:.1} %", share * 100.0));
    format!(
        "{:24} {:>6} {:>9} {:>8} {:>8} {:>11.1} {limit:>11} {share:>8}",
        row.name,
        row.dim,
        row.rows,
        row.queries,
        row.threads,
        row.pairs_per_s / 1e6,
    )
}
