namespace OpsBot.Storage.Engine;

/// <summary>What becomes of a store whose server is away at the start.</summary>
/// <param name="WaitsForServer">
/// It is waited for, as one that is lost later: for a host that serves. Otherwise that is an error, as it always is when the server refuses.
/// </param>
public sealed record StorePatience(bool WaitsForServer);
