using OpsBot.Actions.Execution.Supervision;
using OpsBot.Host.Cli;

// The program is its list of verbs; 'serve' is the one that listens. A supervisor is started between a click and its effect: nothing else may load before it.
return args is [Supervisor.Verb, var folder, var digest] ? Supervisor.Run(folder, digest) : await CommandLineInterface.RunAsync(args);
