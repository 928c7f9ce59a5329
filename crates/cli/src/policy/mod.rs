//! The commands of the county's rules: policy, events and time in; decisions, statuses, lists and records out.

mod cards;
mod check;
mod decide;
mod explain;
mod export;
mod form;
mod inputs;
mod kpi;
mod load;
mod remind;
mod status;
mod worklist;

use crate::output::Outcome;
pub use inputs::instant;

/// Commands of the rules.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    #[command(subcommand)]
    Policy(PolicyCommand),
    Load(load::Args),
    Decide(decide::Args),
    Status(status::Args),
    Remind(remind::Args),
    Worklist(worklist::Args),
    Kpi(kpi::Args),
    Export(export::Args),
    Form(form::Args),
    Cards(cards::Args),
    Explain(explain::Args),
}

/// Look after a policy
#[derive(clap::Subcommand, Debug)]
pub enum PolicyCommand {
    Check(check::Args),
}

pub fn run(command: &Command) -> Outcome {
    match command {
        Command::Policy(PolicyCommand::Check(args)) => check::run(args),
        Command::Load(args) => load::run(args),
        Command::Decide(args) => decide::run(args),
        Command::Status(args) => status::run(args),
        Command::Remind(args) => remind::run(args),
        Command::Worklist(args) => worklist::run(args),
        Command::Kpi(args) => kpi::run(args),
        Command::Export(args) => export::run(args),
        Command::Form(args) => form::run(args),
        Command::Cards(args) => cards::run(args),
        Command::Explain(args) => explain::run(args),
    }
}
