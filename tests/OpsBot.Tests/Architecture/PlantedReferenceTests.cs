using System.Reflection;
using System.Reflection.Emit;

namespace OpsBot.Tests.Architecture;

/// <summary>Each rule is shown a violation made for it, since a rule that never failed may never have looked.</summary>
public sealed class PlantedReferenceTests
{
    [Theory]
    [InlineData("OpsBot.Diagnosis", "OpsBot.Actions")]
    [InlineData("OpsBot.Evidence", "OpsBot.Actions")]
    [InlineData("OpsBot.Chat", "OpsBot.Actions")]
    [InlineData("OpsBot.Actions", "OpsBot.Chat")]
    [InlineData("OpsBot.Diagnosis", "OpsBot.Chat")]
    [InlineData("OpsBot.Diagnosis", "OpsBot.Storage")]
    [InlineData("OpsBot.Evidence", "OpsBot.Chat")]
    [InlineData("OpsBot.Evidence", "OpsBot.Storage")]
    [InlineData("OpsBot.Evidence", "OpsBot.Host")]
    [InlineData("OpsBot.Contracts", "OpsBot.Runtime")]
    [InlineData("OpsBot.Runtime", "OpsBot.Storage")]
    [InlineData("OpsBot.Signals", "OpsBot.Evidence")]
    [InlineData("OpsBot.Storage", "OpsBot.Incidents")]
    [InlineData("OpsBot.Ingress", "OpsBot.Chat")]
    [InlineData("OpsBot.Handlers", "OpsBot.Ingress")]
    [InlineData("OpsBot.Watches", "OpsBot.Actions")]
    [InlineData("OpsBot.Watches", "OpsBot.Chat")]
    [InlineData("OpsBot.Chat", "OpsBot.Tests")]
    public void A_forbidden_project_reference_is_found_in_a_project_file(string from, string to)
    {
        var project = ProjectFile.Parse(
            $"src/{from}/{from}.csproj",
            $"""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><ProjectReference Include="..\{to}\{to}.csproj" /></ItemGroup></Project>""");
        ReferenceRules.Violations(project).ShouldHaveSingleItem().ShouldStartWith($"{from} references {to}");
    }

    [Theory]
    [InlineData("OpsBot.Diagnosis", "Dapper")]
    [InlineData("OpsBot.Host", "Dapper")]
    [InlineData("OpsBot.Storage", "MassTransit")]
    [InlineData("OpsBot.Incidents", "MassTransit.RabbitMQ")]
    public void A_library_in_the_wrong_place_is_found_in_a_project_file(string project, string package) =>
        ReferenceRules.Violations(ProjectFile.Parse(project + ".csproj", $"""<Project><ItemGroup><PackageReference Include="{package}" /></ItemGroup></Project>"""))
            .ShouldHaveSingleItem().ShouldStartWith($"{project} sees {package}");

    [Fact]
    public void A_project_that_nobody_made_a_rule_for_is_found() =>
        ReferenceRules.Violations(ProjectFile.Parse("src/OpsBot.New/OpsBot.New.csproj", "<Project />")).ShouldHaveSingleItem().ShouldContain("no row");

    [Theory]
    [InlineData("OpsBot.Diagnosis", "OpsBot.Storage", "OpsBot.Diagnosis references OpsBot.Storage")]
    [InlineData("OpsBot.Evidence", "OpsBot.Storage", "OpsBot.Evidence references OpsBot.Storage")]
    [InlineData("OpsBot.Evidence", "opsbot", "OpsBot.Evidence references OpsBot.Host")]
    [InlineData("OpsBot.Incidents", "Dapper", "OpsBot.Incidents sees Dapper")]
    [InlineData("OpsBot.Incidents", "MassTransit.Abstractions", "OpsBot.Incidents sees MassTransit.Abstractions")]
    public void A_forbidden_use_is_found_in_compiled_code(string from, string to, string expected) =>
        ReferenceRules.Violations(Compile(from, "OpsBot.Planted", uses: Assembly.Load(to).GetExportedTypes()[0]))
            .ShouldHaveSingleItem().ShouldStartWith(expected);

    [Theory]
    [InlineData(typeof(DateTime), "UtcNow")]
    [InlineData(typeof(DateTime), "Now")]
    [InlineData(typeof(DateTime), "Today")]
    [InlineData(typeof(DateTimeOffset), "UtcNow")]
    [InlineData(typeof(DateTimeOffset), "Now")]
    [InlineData(typeof(Environment), "TickCount")]
    [InlineData(typeof(Environment), "TickCount64")]
    public void A_read_of_the_clock_is_found_in_compiled_code(Type type, string property) =>
        CodeRules.ClockReads(Compile("OpsBot.Signals", "OpsBot.Planted", calls: type.GetProperty(property)!.GetMethod))
            .ShouldHaveSingleItem().ShouldBe($"OpsBot.Signals calls {type.FullName}.get_{property}; inject TimeProvider");

    [Theory]
    [InlineData("OpsBot.Chat.Slack", "SlackBlock", 1)]
    [InlineData("OpsBot.Chat.Teams.Wire", "Activity", 1)]
    [InlineData("OpsBot.Chat.Slack", "SlackOptions", 0)]
    [InlineData("OpsBot.Chat.Cards", "Card", 0)]
    public void A_wire_type_in_a_signature_outside_of_its_folder_is_found(string ns, string type, int leaks) =>
        CodeRules.WireFormatLeaks(Compile("OpsBot.Chat", "OpsBot.Chat.Threads", other: $"{ns}.{type}")).Count().ShouldBe(leaks);

    [Fact]
    public void A_wire_type_in_a_signature_of_its_own_folder_is_fine() =>
        CodeRules.WireFormatLeaks(Compile("OpsBot.Chat", "OpsBot.Chat.Slack", other: "OpsBot.Chat.Slack.Block")).ShouldBeEmpty();

    /// <summary>An assembly with one public class whose one method uses a type, calls a method, or returns a list of a type of its own.</summary>
    private static CompiledAssembly Compile(string name, string ns, Type? uses = null, MethodInfo? calls = null, string? other = null)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        var module = assembly.DefineDynamicModule(name);
        var made = other is null ? null : module.DefineType(other, TypeAttributes.Public);
        made?.CreateType();
        var type = module.DefineType($"{ns}.Planted", TypeAttributes.Public);
        var result = made is null ? typeof(void) : typeof(IReadOnlyList<>).MakeGenericType(made);
        var code = type.DefineMethod("Run", MethodAttributes.Public | MethodAttributes.Static, result, uses is null ? [] : [uses]).GetILGenerator();
        if (calls is not null)
        {
            code.EmitCall(OpCodes.Call, calls, null);
            code.Emit(OpCodes.Pop);
        }

        if (made is not null)
        {
            code.Emit(OpCodes.Ldnull);
        }

        code.Emit(OpCodes.Ret);
        type.CreateType();
        using var stream = new MemoryStream();
        assembly.Save(stream);
        stream.Position = 0;
        return CompiledAssembly.Read(stream);
    }
}
