namespace OpsBot.Storage.Engine;

/// <summary>What differs between engines. All other SQL is the same text on each of them.</summary>
internal interface ISqlDialect
{
    string Name { get; }

    /// <summary>Column type of a generated 64-bit key.</summary>
    string Identity { get; }

    /// <summary>Column type of bytes.</summary>
    string Bytes { get; }

    /// <summary>Appended to a select that claims rows, so that two hosts do not wait for each other.</summary>
    string ForUpdateSkipLocked { get; }
}

internal sealed class SqliteDialect : ISqlDialect
{
    public string Name => "sqlite";

    public string Identity => "integer primary key autoincrement";

    public string Bytes => "blob";

    public string ForUpdateSkipLocked => "";
}
