using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;

namespace OpsBot.Host.WebConsole.Security;

/// <summary>Who may do what: on loopback everybody reads, elsewhere whoever has logged in; only a person changes something, on loopback too.</summary>
internal sealed class ConsoleAccess
{
    public const string Scheme = "console";
    public const string Read = "read";
    public const string Change = "change";

    private readonly IPeople _people;

    public ConsoleAccess(ConsoleOptions options, IPeople people)
    {
        _people = people;
        Token = LoginToken.From(options.Token);
        var listeners = ConsoleListener.ParseAll(options.Urls);
        // a name of its own means a proxy before us: its visitors come from loopback too
        Exposed = listeners.Any(l => !l.IsLoopback) || options.AllowedHosts.Any(h => !HostAllowList.IsLoopbackName(h));
        Hosts = options.AllowedHosts.Concat(listeners.Select(l => l.HostName).OfType<string>()).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What lets others read where the console is exposed; null where none is configured.</summary>
    public LoginToken? Token { get; }

    /// <summary>True where others than people on this machine can reach the console.</summary>
    public bool Exposed { get; }

    /// <summary>Names that Host may say, beside the loopback names.</summary>
    public IReadOnlySet<string> Hosts { get; }

    /// <summary>True where some token would be taken.</summary>
    public bool HasLogin => Token is not null || _people.CanLogIn;

    /// <summary>True where somebody could log in to change something.</summary>
    public bool PeopleCanLogIn => _people.CanLogIn;

    /// <summary>Who a token logs in: a person by their own, a reader without an id by the console's; null where it is neither.</summary>
    public ClaimsPrincipal? LogIn(string token)
    {
        if (_people.ByToken(token) is { } person)
        {
            return new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, person.Id), new Claim(ClaimTypes.Name, person.Name)], Scheme));
        }

        return Token?.Matches(token) == true ? new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "reader")], Scheme)) : null;
    }

    /// <summary>The person behind a request; null for readers and strangers.</summary>
    public Person? PersonOf(ClaimsPrincipal user) =>
        user.Identity?.IsAuthenticated == true && user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id ? _people.Find(id) : null;

    public bool MayRead(ClaimsPrincipal user) => !Exposed || user.Identity?.IsAuthenticated == true;

    public static ConsoleAccess Of(AuthorizationHandlerContext context) =>
        ((HttpContext)context.Resource!).RequestServices.GetRequiredService<ConsoleAccess>();
}
