using System.Globalization;
using System.Reflection;

namespace OpsBot.Storage.Engine;

/// <summary>
/// One numbered script. Its first line says who can use the store after it: <c>-- expand: why</c>, whoever could before; <c>-- contract 0012: why</c>, whoever
/// knows migration 12 at least. A script that says neither is for those alone who know it.
/// </summary>
internal sealed record MigrationScript(int Number, string Name, string Sql)
{
    private const string Expand = "-- expand: ";
    private const string Contract = "-- contract ";

    /// <summary>Whoever could use the store before it can do so after it.</summary>
    public bool Expands => Sql.StartsWith(Expand, StringComparison.Ordinal);

    /// <summary>The oldest migration that a program must know to use the store after this one.</summary>
    /// <param name="before">The same before it.</param>
    public int OldestReader(int before) => Expands ? before : Math.Max(before, ContractsFor ?? Number);

    private int? ContractsFor =>
        Sql.StartsWith(Contract, StringComparison.Ordinal) && Sql.Length > Contract.Length + 4 && Sql[Contract.Length + 4] == ':'
        && int.TryParse(Sql.AsSpan(Contract.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var oldest)
            ? oldest
            : null;

    /// <summary>All scripts of this program, in order.</summary>
    public static IReadOnlyList<MigrationScript> All()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    var file = name[(name.IndexOf(".Migrations.", StringComparison.Ordinal) + ".Migrations.".Length)..];
                    return new MigrationScript(int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file, reader.ReadToEnd());
                })
                .OrderBy(script => script.Number),
        ];
    }
}
