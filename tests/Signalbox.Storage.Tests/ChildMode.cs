using System.Runtime.CompilerServices;
using Signalbox.Api;
using Signalbox.Tests.Ledger;

namespace Signalbox.Storage.Tests;

/// <summary>Makes this test program the process that a test kills, before the runner's entry point begins.</summary>
internal static class ChildMode
{
    [ModuleInitializer]
    internal static void Run()
    {
        switch (Environment.GetCommandLineArgs())
        {
            case [_, "child:append", var ledger]:
                AppendForEver(ledger);
                break;
            case [_, "child:lock", var state]:
                HoldLock(state);
                break;
        }
    }

    /// <summary>Prints each sequence once its append has returned: what was printed was acknowledged.</summary>
    private static void AppendForEver(string path)
    {
        using var store = SqliteLedgerStore.Open(path, TimeProvider.System);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        var head = store.Head;
        while (true)
        {
            var entries = store.Append(head, [LedgerStoreConformance.Fact("crash", 1), LedgerStoreConformance.Fact("crash", 2)]);
            head = new(entries[^1].Sequence, entries[^1].Hash);
            output.WriteLine(head.ToString());
        }
    }

    private static void HoldLock(string path)
    {
        using var held = StateDirectoryLock.Acquire(
            StateDirectory.Open(path), new ControlPlaneFile("http://127.0.0.1:7433", Environment.ProcessId, 1, DateTimeOffset.UnixEpoch));
        Console.WriteLine("held");
        Thread.Sleep(Timeout.Infinite);
    }
}
