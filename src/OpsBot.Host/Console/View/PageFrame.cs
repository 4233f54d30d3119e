using OpsBot.Contracts.Actions;

namespace OpsBot.Host.WebConsole.View;

/// <summary>What every page shows around its content.</summary>
/// <param name="Path">The path asked for, query included: where the reload link leads, and where a login comes back to.</param>
/// <param name="Now">The time that ages on the page are counted from.</param>
/// <param name="Person">Who is logged in; null for readers and strangers, who change nothing.</param>
/// <param name="HasLogin">Some token would be taken.</param>
/// <param name="PeopleCanLogIn">Somebody has a personal token, so that something could be changed.</param>
/// <param name="Form">The hidden field that forms carry; null on pages that have no form.</param>
public sealed record PageFrame(string Path, DateTimeOffset Now, bool SignedIn, Person? Person, bool HasLogin, bool PeopleCanLogIn, FormField? Form,
    AssetPaths Assets)
{
    /// <summary>The path without its query: where a form comes back to.</summary>
    public string Page => Path.Split('?', 2)[0];
}

/// <summary>The antiforgery field of a form.</summary>
public sealed record FormField(string Name, string Value);

/// <summary>Where the page finds its own files; the paths change with their content.</summary>
public sealed record AssetPaths(string Css, string Script, string Icon);
