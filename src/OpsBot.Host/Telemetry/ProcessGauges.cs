using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace OpsBot.Host.Telemetry;

/// <summary>What the process is and takes, under the names that every Prometheus client uses.</summary>
internal sealed class ProcessGauges : IScrapeSource
{
    private const string Descriptors = "/proc/self/fd";

    private static readonly string Version =
        typeof(ProcessGauges).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public Task WriteAsync(Exposition page, CancellationToken cancellationToken)
    {
        using var self = Process.GetCurrentProcess();
        page.Info("opsbot_build_info", "The running OpsBot.", ("version", Version), ("runtime", RuntimeInformation.FrameworkDescription))
            .Gauge("process_start_time_seconds", "Start time of the process since the Unix epoch.", new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds() / 1000.0)
            .Counter("process_cpu_seconds_total", "User and system CPU time.", self.TotalProcessorTime.TotalSeconds)
            .Gauge("process_resident_memory_bytes", "Resident memory.", self.WorkingSet64)
            .Gauge("process_virtual_memory_bytes", "Virtual memory.", self.VirtualMemorySize64);
        if (Directory.Exists(Descriptors))
        {
            page.Gauge("process_open_fds", "Open file descriptors.", Directory.EnumerateFileSystemEntries(Descriptors).Count());
        }

        page.Gauge("dotnet_gc_heap_bytes", "Size of the managed heap.", GC.GetTotalMemory(forceFullCollection: false))
            .Counter("dotnet_gc_pause_seconds_total", "Time in which the garbage collector held everything up.", GC.GetTotalPauseDuration().TotalSeconds)
            .Counter(
                "dotnet_gc_collections_total", "Garbage collections.", "generation",
                Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation => ($"{generation}", (double)GC.CollectionCount(generation))))
            .Gauge("dotnet_threadpool_threads", "Threads of the pool.", ThreadPool.ThreadCount)
            .Gauge("dotnet_threadpool_queue_length", "Work that waits for a thread of the pool.", ThreadPool.PendingWorkItemCount);
        return Task.CompletedTask;
    }
}
