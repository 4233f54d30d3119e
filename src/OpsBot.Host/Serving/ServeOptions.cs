using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OpsBot.Handlers;
using OpsBot.Host.Configuration;
using OpsBot.Storage.Engine;

namespace OpsBot.Host.Serving;

/// <summary>Which part of the program <c>serve</c> is on this host.</summary>
/// <remarks>
/// <code>
/// serve:
///   roles: [ ingress, worker, chat ]
/// </code>
/// </remarks>
public sealed class ServeOptions
{
    /// <summary>What this host does; other hosts of the same PostgreSQL store do the rest. Default: everything.</summary>
    [MinLength(1, ErrorMessage = "The list is empty; name one or more of ingress, worker, chat, or leave it out for all of them.")]
    public List<HostRole> Roles { get; set; } = [.. Enum.GetValues<HostRole>()];
}

/// <summary>Names of roles as people write them.</summary>
internal static class RoleNames
{
    public static string Known { get; } = Of(Enum.GetValues<HostRole>());

    public static string Of(IEnumerable<HostRole> roles) => string.Join(", ", roles.Distinct().Order().Select(role => ConfigNames.Kebab(role.ToString())));

    /// <summary>What <c>ingress,chat</c> names.</summary>
    /// <exception cref="FormatException">A name is unknown, or there is none.</exception>
    public static IReadOnlyList<HostRole> Parse(string text)
    {
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length == 0
            ? throw new FormatException($"names no role; write one or more of {Known}, separated by commas")
            : [.. names.Select(One)];
    }

    private static HostRole One(string name)
    {
        foreach (var role in Enum.GetValues<HostRole>())
        {
            if (ConfigNames.Same(role.ToString(), name))
            {
                return role;
            }
        }

        throw new FormatException($"{ShownText.Quote(name)} is no role; known are {Known}");
    }
}

/// <summary>A host that does only a part works with others on one store: a file on its own disk would keep the rest of the work for ever.</summary>
internal sealed class SharedStoreRule(IOptions<ServeOptions> serve, IOptions<StoreOptions> store) : IStartRule
{
    public string Section => "serve";

    public IEnumerable<string> Problems()
    {
        var missing = Enum.GetValues<HostRole>().Except(serve.Value.Roles).ToList();
        if (missing.Count > 0 && store.Value.Postgres is not { Length: > 0 })
        {
            yield return $"serve.roles: this host would be {RoleNames.Of(serve.Value.Roles)} only, and its SQLite store is a file that no other host reaches: "
                + $"what {RoleNames.Of(missing)} should do would never be done; name a database as store.postgres, the same for all hosts, or take all roles";
        }
    }
}
