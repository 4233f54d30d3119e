namespace OpsBot.Handlers;

/// <summary>A part of the program that a host can do alone, beside others that do the rest.</summary>
public enum HostRole
{
    /// <summary>Takes what comes in, over HTTP and from the event exchange, into the store.</summary>
    Ingress,

    /// <summary>Correlates, diagnoses, proposes and runs; keeps the store in order.</summary>
    Worker,

    /// <summary>Keeps threads and serves the console.</summary>
    Chat,
}
