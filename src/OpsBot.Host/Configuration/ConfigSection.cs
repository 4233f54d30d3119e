namespace OpsBot.Host.Configuration;

/// <summary>One part of the file and the options class it fills. Registered by <c>AddSection</c>; the sections together are all that the file may say.</summary>
/// <param name="Name">Dotted where it lies deeper: <c>evidence.prometheus</c>.</param>
public sealed record ConfigSection(string Name, Type OptionsType);
