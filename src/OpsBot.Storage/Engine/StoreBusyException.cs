using System.Data.Common;

namespace OpsBot.Storage.Engine;

/// <summary>Another process kept the file of an embedded store for longer than anybody waits.</summary>
public sealed class StoreBusyException(string file, Exception inner) : DbException(
    $"Another process writes to the store '{file}' and has not let go of it for 30 s. Nothing was changed: try again, and where that does not help see who has the file open ('fuser {file}').",
    inner)
{
    public override bool IsTransient => true;
}
