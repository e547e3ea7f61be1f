using System.Runtime.InteropServices;

namespace Signalbox.Bench.Machine;

/// <summary>Ctrl-C or SIGTERM within a bench: what it started ends, newest first, then the bench does.</summary>
internal static class Interruption
{
    private static readonly Stack<Action> Undo = new();
    private static readonly List<PosixSignalRegistration> Registrations = [];

    /// <param name="undo">Has no effect where all is undone already.</param>
    public static void OnInterrupt(Action undo)
    {
        lock (Undo)
        {
            Undo.Push(undo);
            if (Registrations.Count > 0) return;
            foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
                Registrations.Add(PosixSignalRegistration.Create(signal, End));
        }
    }

    private static void End(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (Undo)
            while (Undo.TryPop(out var undo)) Try(undo);
        Environment.Exit(130);
    }

    private static void Try(Action undo)
    {
        try
        {
            undo();
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"warning: not undone: {e.Message}");
        }
    }
}
