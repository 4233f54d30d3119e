using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace OpsBot.Host.WebConsole.Security;

/// <summary>Who may do what: on loopback everybody reads, elsewhere whoever has logged in; changing something always needs a login.</summary>
internal sealed class ConsoleAccess
{
    public const string Scheme = "console";
    public const string Read = "read";
    public const string Change = "change";

    public ConsoleAccess(ConsoleOptions options)
    {
        Token = LoginToken.From(options.Token);
        var listeners = ConsoleListener.ParseAll(options.Urls);
        // a name of its own means a proxy before us: its visitors come from loopback too
        Exposed = listeners.Any(l => !l.IsLoopback) || options.AllowedHosts.Any(h => !HostAllowList.IsLoopbackName(h));
        Hosts = options.AllowedHosts.Concat(listeners.Select(l => l.HostName).OfType<string>()).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Null where no token is configured: then nobody changes anything.</summary>
    public LoginToken? Token { get; }

    /// <summary>True where others than people on this machine can reach the console.</summary>
    public bool Exposed { get; }

    /// <summary>Names that Host may say, beside the loopback names.</summary>
    public IReadOnlySet<string> Hosts { get; }

    public bool MayRead(ClaimsPrincipal user) => !Exposed || user.Identity?.IsAuthenticated == true;

    public static ConsoleAccess Of(AuthorizationHandlerContext context) =>
        ((HttpContext)context.Resource!).RequestServices.GetRequiredService<ConsoleAccess>();
}
