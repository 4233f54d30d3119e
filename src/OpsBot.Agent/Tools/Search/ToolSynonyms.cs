using OpsBot.Runtime.Search;

namespace OpsBot.Agent.Tools.Search;

/// <summary>Words that people and the authors of tools use for one another: what is done, and what it is done to. True whatever the catalog.</summary>
internal static class ToolSynonyms
{
    private static readonly string[] Groups =
    [
        // what is done
        "search find lookup query look locate discover",
        "get fetch retrieve obtain read show view check tell",
        "write save store create add append insert put draft",
        "create generate make build produce draw plot",
        "update edit modify change set rename",
        "delete remove drop clear erase",
        "list enumerate all available",
        "open read view load",
        "convert transform export translate turn",
        "compare diff difference change",
        "run execute start launch",
        "stop kill end terminate cancel",
        "report summary summarize summarise overview",
        "recommend suggest",
        // what people do at work
        "chart graph plot diagram visualize visualise",
        "image picture photo screenshot",
        "document doc word docx",
        "spreadsheet excel sheet workbook xlsx",
        "presentation slide powerpoint ppt pptx deck",
        "file path folder directory",
        "website site webpage page url web browser browse internet link",
        "email mail message",
        "note memory remember knowledge",
        "metadata exif tag",
        "calendar almanac date day schedule",
        "time clock now current today",
        "user member person people account",
        "table sheet grid",
        // systems
        "log logs event",
        "metric measure statistic gauge",
        "error failure exception fault",
        "process program command",
        "package library dependency module",
        "repository repo git github",
        "commit revision history",
        "issue ticket bug",
        "deploy deployment release rollout",
        "container docker pod image",
        "database table sql",
        "queue topic broker message",
        "host server machine node",
        "domain whois dns host",
        "alert incident alarm page",
        "cpu processor load",
        "latency delay slow duration",
        "dashboard panel",
        "certificate cert tls ssl",
        "secret credential token password key",
        // elsewhere
        "news headline story article",
        "trend trending hot popular rank top latest",
        "paper article publication literature research study",
        "price quote cost value market",
        "stock share ticker equity",
        "shopping shop buy purchase deal discount cheap product",
        "weather forecast temperature",
        "map location place address geocode",
        "route direction navigation travel trip",
        "train rail railway",
        "movie film",
        "music song audio",
        "video clip",
        "recipe dish cook meal food dinner ingredient",
        "game player match",
        "crypto cryptocurrency bitcoin ethereum coin token web3",
        "trial clinical treatment therapy disease",
        "gene variant mutation",
    ];

    private static readonly Dictionary<string, string[]> ByTerm = Groups
        .Select(group => group.Split(' ').Select(Stemmer.Stem).Distinct(StringComparer.Ordinal).ToArray())
        .SelectMany(group => group.Select(term => (Term: term, Others: group.Where(other => other != term))))
        .GroupBy(each => each.Term, StringComparer.Ordinal)
        .ToDictionary(each => each.Key, each => each.SelectMany(same => same.Others).Distinct(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);

    /// <summary>Terms that mean much the same as this one; empty for most.</summary>
    public static IReadOnlyList<string> Of(string term) => ByTerm.GetValueOrDefault(term, []);
}
