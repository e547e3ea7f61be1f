using Signalbox.Host.Posix;

namespace Signalbox.Host.Tests.Posix;

public sealed unsafe class WakePipeTests
{
    [Fact]
    public void Dispose_Twice_ClosesNobodyElsesDescriptors()
    {
        var first = new WakePipe();
        first.Dispose();
        // the numbers that are free again: some of these pipes have the first one's
        var later = Enumerable.Range(0, 16).Select(_ => new WakePipe()).ToList();
        first.Dispose();
        Assert.All(later, pipe => Assert.True(Wakes(pipe)));
        later.ForEach(pipe => pipe.Dispose());
    }

    private static bool Wakes(WakePipe pipe)
    {
        pipe.Wake();
        var fd = new Libc.PollFd { Fd = pipe.ReadEnd, Events = Libc.PollIn };
        return Libc.Poll(&fd, 1, 0) == 1 && (fd.Revents & Libc.PollIn) != 0;
    }
}
