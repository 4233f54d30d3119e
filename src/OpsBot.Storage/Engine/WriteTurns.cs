namespace OpsBot.Storage.Engine;

/// <summary>
/// Lets the processes that share one SQLite file write in turns. The engine's own waiting looks every 100 ms whether the file is free, and beside a process that writes
/// without a pause it hardly ever is: a delivery would wait for longer than its sender does. So who waits says so with a shared lock on a file beside it, and who
/// has been writing for a while makes room.
/// </summary>
internal sealed class WriteTurns(string file, TimeProvider clock)
{
    /// <summary>How long one may write before it looks whether somebody waits: making room costs what the other needs to see it, up to 100 ms.</summary>
    internal static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    /// <summary>How long room is made for one that does not come.</summary>
    internal static readonly TimeSpan Room = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly string _file = $"{file}-waiting";
    private long _since = clock.GetTimestamp();

    /// <summary>Makes room where it is time and somebody waits. Blocks: it is called on the writer's own thread.</summary>
    public void MakeRoom()
    {
        if (clock.GetElapsedTime(_since) < Turn)
        {
            return;
        }

        var begun = clock.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (SomebodyWaits() && clock.GetElapsedTime(begun) < Room)
        {
            pause.Wait(Look);
        }

        _since = clock.GetTimestamp();
    }

    /// <summary>Others are told that somebody waits until the result is disposed of. Null where that cannot be said; then the wait is the engine's alone.</summary>
    public IDisposable? Wait()
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            try
            {
                // FileAccess.Read with FileShare.Read is a shared flock on Unix
                return new FileStream(_file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read, bufferSize: 1);
            }
            catch (IOException)
            {
                // somebody looks at this very moment
            }
            catch (UnauthorizedAccessException)
            {
                return null;
            }
        }

        return null;
    }

    private bool SomebodyWaits()
    {
        try
        {
            using var alone = new FileStream(_file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
