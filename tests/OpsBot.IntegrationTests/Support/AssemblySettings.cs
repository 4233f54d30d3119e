using Xunit;

// Most of the time these tests wait for processes and timers, so a few more at once than there may be cores.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
