namespace OpsBot.Contracts.Actions;

/// <summary>One person, one id, whatever surface they speak through.</summary>
/// <param name="Id">As in the configuration: lower-case letters, digits, <c>-</c>, <c>_</c>, <c>.</c>.</param>
/// <param name="Name">As shown.</param>
/// <param name="Roles">What they may decide; see the action's approvers.</param>
public sealed record Person(string Id, string Name, IReadOnlyList<string> Roles);
