namespace OpsBot.Host.Configuration;

/// <summary>
/// Something that must hold of this machine and account before <c>serve</c> starts, and that <c>config check</c> and <c>doctor</c> say as well.
/// Asked once every section holds by itself. No verb that only reads is kept from working by it.
/// </summary>
internal interface IStartRule
{
    /// <summary>The section that it belongs to.</summary>
    string Section { get; }

    /// <summary>What does not hold; opening with the key it is about where there is one.</summary>
    IEnumerable<string> Problems();
}
