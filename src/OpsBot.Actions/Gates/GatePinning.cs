using OpsBot.Runtime.Files;

namespace OpsBot.Actions.Gates;

/// <summary>Compares the gates folder with its lock, and writes the lock. Runs no gate.</summary>
public sealed class GatePinning(GateFiles files)
{
    /// <summary>All gates, by name.</summary>
    /// <exception cref="IOException">The folder cannot be read, or the lock is there and cannot be.</exception>
    public IReadOnlyList<GateStatus> Compare()
    {
        var pins = Pins();
        if (!Directory.Exists(files.Folder))
        {
            throw new IOException($"There is no gates folder '{files.Folder}'; make it and put gates there, or name another as gates.folder.");
        }

        var names = new DirectoryInfo(files.Folder).EnumerateFileSystemInfos().Select(file => file.Name).Where(GateFiles.IsName);
        return [.. names.Union(pins.Keys).Order(StringComparer.Ordinal).Select(name => StatusOf(name, pins.GetValueOrDefault(name))).OfType<GateStatus>()];
    }

    /// <summary>Pins every gate as it is now.</summary>
    /// <returns>How each stood before.</returns>
    /// <exception cref="IOException">One cannot be a gate, or the lock cannot be written; then nothing was.</exception>
    public IReadOnlyList<GateStatus> Pin()
    {
        var before = Compare();
        if (before.FirstOrDefault(gate => gate.State == GateState.Unusable) is { } bad)
        {
            throw new IOException($"Gate {bad.Name} {bad.Reason}. Nothing was pinned.");
        }

        GateLock.Write(files.Lock, before.Where(gate => gate.Now is not null).ToDictionary(gate => gate.Name, gate => gate.Now!, StringComparer.Ordinal));
        return before;
    }

    private IReadOnlyDictionary<string, GatePin> Pins()
    {
        try
        {
            return File.Exists(files.Lock) ? GateLock.Read(files.Lock) : new Dictionary<string, GatePin>();
        }
        catch (GateException e)
        {
            throw new IOException($"The lock {e.Message}. To start afresh, remove it first.", e);
        }
    }

    /// <summary>Null for a file that is none of ours: a README beside the gates.</summary>
    private GateStatus? StatusOf(string name, GatePin? pin)
    {
        var path = files.PathOf(name);
        if (pin is not null && !Path.Exists(path))
        {
            return new(name, GateState.Missing, pin, null, null);
        }

        try
        {
            var script = PlainFile.Read(path, GateFiles.MaxGateBytes);
            if (pin is null && !script.AsSpan().StartsWith("#!"u8))
            {
                return null;
            }

            var now = GateLock.Pin(script);
            var state = pin is null ? GateState.NotPinned
                : pin.Sha256 != now.Sha256 ? GateState.Changed
                : pin != now ? GateState.InterpreterChanged
                : GateState.Pinned;
            return new(name, state, pin, now, null);
        }
        catch (IOException) when (pin is null && Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or GateException)
        {
            return new(name, GateState.Unusable, pin, null, e is GateException ? e.Message : $"cannot be read: {e.Message}");
        }
    }
}
