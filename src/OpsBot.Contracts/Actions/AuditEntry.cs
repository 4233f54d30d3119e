namespace OpsBot.Contracts.Actions;

/// <summary>One line of the audit: who did what to which thing. Details are redacted before they get here.</summary>
/// <param name="Kind"><c>proposed</c>, <c>approved</c>, <c>refused</c>, <c>voided</c>, <c>expired</c>, <c>intended</c>, <c>started</c>, <c>exited</c>, <c>gate</c>, <c>verified</c>, <c>undone</c>, <c>stopped</c>, <c>closed</c>, …</param>
/// <param name="Actor">Id of a person, or <see cref="Actors.OpsBot"/>.</param>
/// <param name="Subject"><c>PROP-7 v2</c>, <c>RUN-12</c>, <c>INC-3</c>, <c>switch</c>.</param>
/// <param name="Details">Names and values that matter: arguments, hashes, exit codes, digests, reasons.</param>
public sealed record AuditEntry(string Kind, string Actor, string Subject, IReadOnlyDictionary<string, string> Details);
