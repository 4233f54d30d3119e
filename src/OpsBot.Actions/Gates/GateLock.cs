using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpsBot.Contracts;
using OpsBot.Runtime.Files;

namespace OpsBot.Actions.Gates;

/// <summary>What a gate was when a person pinned it.</summary>
/// <param name="Sha256">Of its bytes, lower-case hex.</param>
/// <param name="Interpreter">Real path of what runs it.</param>
/// <param name="InterpreterSha256">Of the interpreter's bytes.</param>
public sealed record GatePin(string Sha256, string Interpreter, string InterpreterSha256);

/// <summary>The lock file: what each gate must be. Sorted, one gate a line, so that a change reads well where it is reviewed.</summary>
internal static class GateLock
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxInterpreterBytes = 512 * 1024 * 1024;

    private static readonly JsonSerializerOptions Strict = new(OpsBotJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        PropertyNameCaseInsensitive = false,
    };

    /// <exception cref="GateException">It is missing or is no lock file.</exception>
    public static IReadOnlyDictionary<string, GatePin> Read(string path)
    {
        try
        {
            var pins = JsonSerializer.Deserialize<Dictionary<string, GatePin>>(PlainFile.Read(path, MaxBytes), Strict)
                ?? throw new JsonException("it is null");
            return pins.Values.Any(pin => pin is null) ? throw new JsonException("a gate has no pin") : pins;
        }
        catch (IOException e)
        {
            throw new GateException($"is not pinned: {e.Message}; run 'opsbot gates pin' and commit what it writes");
        }
        catch (JsonException e)
        {
            throw new GateException($"is not pinned: '{path}' cannot be read ({e.Message}); restore it, or run 'opsbot gates pin' and read what changed");
        }
    }

    /// <summary>What the gate and its interpreter are now.</summary>
    /// <exception cref="GateException">It cannot be pinned.</exception>
    public static GatePin Pin(ReadOnlySpan<byte> script)
    {
        var interpreter = Shebang.Of(script).RealInterpreter();
        return new GatePin(Hash(script), interpreter, HashOf(interpreter));
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <exception cref="GateException">It cannot be read.</exception>
    public static string HashOf(string interpreter)
    {
        try
        {
            return Convert.ToHexStringLower(PlainFile.HashSha256(interpreter, MaxInterpreterBytes));
        }
        catch (IOException e)
        {
            throw new GateException($"needs its interpreter: {e.Message}");
        }
    }

    /// <summary>Whole or not at all.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, GatePin> pins)
    {
        var text = new StringBuilder("{\n");
        text.AppendJoin(",\n", pins.OrderBy(pin => pin.Key, StringComparer.Ordinal).Select(pin =>
            $"  {JsonSerializer.Serialize(pin.Key, OpsBotJson.Options)}: {JsonSerializer.Serialize(pin.Value, OpsBotJson.Options)}"));
        var draft = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllText(draft, text.Append("\n}\n").ToString());
        File.Move(draft, path, overwrite: true);
    }
}
