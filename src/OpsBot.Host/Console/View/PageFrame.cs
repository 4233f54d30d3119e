namespace OpsBot.Host.WebConsole.View;

/// <summary>What every page shows around its content.</summary>
/// <param name="Path">The path asked for, query included: where the reload link leads, and where a login comes back to.</param>
/// <param name="Now">The time that ages on the page are counted from.</param>
/// <param name="HasToken">A login token is configured.</param>
/// <param name="Form">The hidden field that forms carry; null on pages that have no form.</param>
public sealed record PageFrame(string Path, DateTimeOffset Now, bool SignedIn, bool HasToken, FormField? Form, AssetPaths Assets);

/// <summary>The antiforgery field of a form.</summary>
public sealed record FormField(string Name, string Value);

/// <summary>Where the page finds its own files; the paths change with their content.</summary>
public sealed record AssetPaths(string Css, string Script, string Icon);
