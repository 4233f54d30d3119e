using OpsBot.Host.Cli;

// The program is its list of verbs; 'serve' is the one that listens.
return await CommandLineInterface.RunAsync(args);
