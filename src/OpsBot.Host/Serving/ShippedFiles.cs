using OpsBot.Knowledge;

namespace OpsBot.Host.Serving;

/// <summary>Files that come with the program, beside its executable.</summary>
internal static class ShippedFiles
{
    public static string Samples => Path.Combine(AppContext.BaseDirectory, "samples");

    private static string Runbooks => Path.Combine(AppContext.BaseDirectory, "runbooks");

    /// <summary>The runbooks that ship stand in for the default folder where the working folder has none.</summary>
    public static IServiceCollection AddShippedRunbooks(this IServiceCollection services) => services.PostConfigure<RunbookOptions>(options =>
        options.Folders = [.. options.Folders.Select(folder => folder == "runbooks" && !Directory.Exists(folder) ? Runbooks : folder)]);
}
