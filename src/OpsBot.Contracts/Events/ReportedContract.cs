namespace OpsBot.Contracts.Events;

/// <summary>The description of an API that a change brought: the document itself, or where it is to be had.</summary>
/// <param name="Name">Tells several of one service apart; empty for the only one.</param>
/// <param name="Format">As the sender calls it; null where it is to be found out.</param>
/// <param name="Document">Text, or base64 of what is binary.</param>
/// <param name="Link">Fetched only where the configuration allows it.</param>
public sealed record ReportedContract(string Name, string? Format, string? Document, string? Link);
