namespace OpsBot.Contracts.Messages;

/// <summary>
/// What goes over the bus for a row that is due: where it stands, not what it says. The bus only finds a worker; the body is read
/// from the row by whoever gets the lease, so a copy that is late, doubled or read by somebody else does no harm.
/// </summary>
/// <param name="Id">Id of the row.</param>
/// <param name="LeaseToken">The token that the pump gave this copy; a later token makes the copy stale.</param>
public sealed record Due<T>(long Id, long LeaseToken)
    where T : IMessage;
