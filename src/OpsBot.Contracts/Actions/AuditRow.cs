namespace OpsBot.Contracts.Actions;

/// <summary>One line of the audit as it is kept.</summary>
/// <param name="Seq">1, 2, 3, … without gaps.</param>
/// <param name="At">To the millisecond.</param>
/// <param name="Body">The details as a JSON object, as they were written.</param>
/// <param name="Mac">Keyed hash over this row and the one before, 64 hexadecimal digits.</param>
public sealed record AuditRow(long Seq, DateTimeOffset At, string Kind, string Actor, string Subject, string Body, string Mac);
