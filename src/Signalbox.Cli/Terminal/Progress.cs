namespace Signalbox.Cli.Terminal;

/// <summary>A line that moves while something takes longer than two seconds; on a terminal only.</summary>
internal static class Progress
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2), Period = TimeSpan.FromMilliseconds(200);

    public static async Task ShowAsync(Session session, Task work, Func<string> line)
    {
        if (!session.Live) return;
        if (await Task.WhenAny(work, Task.Delay(Silence, session.Cancel)).ConfigureAwait(false) == work) return;
        while (!work.IsCompleted && !session.Cancel.IsCancellationRequested)
        {
            session.Error.Write($"\r{line()}\e[K");
            await Task.WhenAny(work, Task.Delay(Period, session.Cancel)).ConfigureAwait(false);
        }
        session.Error.Write("\r\e[K");
    }
}
