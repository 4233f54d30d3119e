using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;
using OpsBot.Actions.People;
using OpsBot.Handlers;
using OpsBot.Host.Serving;
using OpsBot.Host.WebConsole.Security;

namespace OpsBot.Host.WebConsole;

/// <summary>Refuses a console that anybody could reach and nobody has to log in to.</summary>
internal sealed class ConsoleOptionsValidator(IOptions<PeopleOptions> people, IOptions<ListenOptions> listen, IOptions<ServeOptions> serve) : IValidateOptions<ConsoleOptions>
{
    public ValidateOptionsResult Validate(string? name, ConsoleOptions options)
    {
        if (!options.Enabled) return ValidateOptionsResult.Success;
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> Problems(ConsoleOptions options)
    {
        var broken = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), broken, validateAllProperties: true);
        foreach (var problem in broken) yield return $"console: {problem.ErrorMessage}";
        if (LoginToken.Problem(options.Token) is { } token) yield return token;
        foreach (var host in options.AllowedHosts.Where(h => Uri.CheckHostName(h.Trim('[', ']')) == UriHostNameType.Unknown))
        {
            yield return $"console.allowedHosts: '{host}' is not a host name; write it without scheme and port, for example ops.example.com.";
        }

        foreach (var proxy in options.TrustedProxies.Where(proxy => !IPAddress.TryParse(proxy, out _)))
        {
            yield return $"console.trustedProxies: '{proxy}' is not an IP address; write for example 10.0.0.5.";
        }

        if (Taken(options) is { } taken) yield return taken;
        if (Exposure(options) is { } exposure) yield return exposure;
    }

    /// <summary>The first address that the webhooks listen on too, as it is or because one of both is every address of this machine.</summary>
    private string? Taken(ConsoleOptions options)
    {
        if (Others() is not { } others) return null;
        var webhooks = ListenAddress.All(others);
        foreach (var console in ListenAddress.All(options.Urls))
        {
            if (webhooks.FirstOrDefault(console.Meets) is not { } taken) continue;
            // said where the reader can change it: an address that nobody wrote has no line
            return options.Urls == new ConsoleOptions().Urls
                ? FormattableString.Invariant($"listen.urls: '{taken.Url}' takes port {taken.Port}, where the console listens ('{console.Url}', console.urls); each needs a port of its own.")
                : FormattableString.Invariant($"console.urls: '{console.Url}' has the port of '{taken.Url}', where the webhooks listen (listen.urls); the console needs a port of its own.");
        }

        return null;
    }

    /// <summary>Where the webhooks listen; null where that is not known, or this host has no console.</summary>
    private string? Others()
    {
        try
        {
            return serve.Value.Roles.Contains(HostRole.Chat) ? listen.Value.Urls : null;
        }
        catch (OptionsValidationException)
        {
            // said where they stand
            return null;
        }
    }

    private bool PeopleCanLogIn()
    {
        try
        {
            return people.Value.Any(person => !string.IsNullOrEmpty(person.Token));
        }
        catch (OptionsValidationException)
        {
            // said where the people stand; nothing starts with it anyway
            return true;
        }
    }

    private string? Exposure(ConsoleOptions options)
    {
        IReadOnlyList<ConsoleListener> listeners;
        try
        {
            listeners = ConsoleListener.ParseAll(options.Urls);
        }
        catch (FormatException e)
        {
            return e.Message;
        }

        if (!string.IsNullOrEmpty(options.Token) || PeopleCanLogIn()) return null;
        const string Remedy = "Set console.token (at least 16 characters, for example from 'openssl rand -base64 24'; "
            + "OPSBOT__CONSOLE__TOKEN_FILE reads it from a file) for readers, give people tokens of their own ('opsbot people token')";
        if (listeners.FirstOrDefault(l => !l.IsLoopback) is { } open)
        {
            return $"The console would listen on {open.Url}, which others can reach, and nobody could log in. "
                + $"{Remedy}, or listen on http://127.0.0.1:8081.";
        }

        return options.AllowedHosts.FirstOrDefault(h => !HostAllowList.IsLoopbackName(h)) is { } host
            ? $"The console would answer to '{host}', so others can reach it through a proxy, and nobody could log in. {Remedy}, or remove the name from console.allowedHosts."
            : null;
    }
}
