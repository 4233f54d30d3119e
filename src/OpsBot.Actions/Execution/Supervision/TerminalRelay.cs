using Microsoft.Win32.SafeHandles;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>
/// The terminal that tmux started the supervisor in: shows what the command prints, and hands on what a person types there. When tmux ends, the command does not.
/// </summary>
internal sealed class TerminalRelay : IDisposable
{
    /// <summary>Set for a supervisor that was started in a terminal of its own.</summary>
    public const string Variable = "OPSBOT_IN_TERMINAL";

    private const int Input = 0, Output = 1;

    private volatile bool _isGone;

    /// <summary>Null where there is none.</summary>
    public static TerminalRelay? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1" || Console.IsOutputRedirected || Console.IsInputRedirected)
        {
            return null;
        }

        Terminal.MakeRaw(Input);
        return new TerminalRelay();
    }

    public void Show(ReadOnlySpan<byte> bytes) => _isGone = _isGone || !Terminal.Write(Output, bytes);

    /// <summary>From now on; on a thread that ends with us.</summary>
    public void HandOn(SpawnedCommand command) => new Thread(() => Read(command), maxStackSize: 256 * 1024) { IsBackground = true }.Start();

    public void Dispose() => _isGone = true;

    private void Read(SpawnedCommand command)
    {
        var keys = new byte[1024];
        try
        {
            using var input = new FileStream(new SafeFileHandle(Input, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            for (int read; !_isGone && (read = input.Read(keys)) > 0;)
            {
                command.Type(keys.AsSpan(0, read));
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // nobody types any more
        }
    }
}
