namespace OpsBot.Actions;

/// <summary>Where relative paths of the configuration start: the folder of its file, the working folder where there is none.</summary>
public sealed record ConfigurationFolder(string Path);
