using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Signalbox.Bench.Load;

/// <summary>
/// A load in a process of its own, so that what is measured does not wait for the load's own work: timestamps are of one clock on
/// one machine (CLOCK_MONOTONIC). It ends with its standard input and leaves its records in a file.
/// </summary>
internal sealed class LoadProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _file;

    /// <param name="file">Does not exist yet.</param>
    public LoadProcess(int port, string file)
    {
        _file = file;
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["load", port.ToString(CultureInfo.InvariantCulture), file]) { RedirectStandardInput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException("the load did not start");
    }

    /// <exception cref="InvalidOperationException">The load failed.</exception>
    public async Task<LoadReport> StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        if (_process.ExitCode != 0) throw new InvalidOperationException($"the load ended with {_process.ExitCode}");
        return new(MemoryMarshal.Cast<byte, RequestRecord>(await File.ReadAllBytesAsync(_file)).ToArray());
    }

    /// <summary>The other process: sixteen clients that think for 10 ms, and four that are always within a request of 400 ms.</summary>
    public static async Task<int> RunAsync(int port, string file)
    {
        var load = new ClosedLoad(port);
        load.Add(16, TimeSpan.FromMilliseconds(10), RequestText.Get("/"), RequestText.Post("/", 900));
        load.Add(4, TimeSpan.Zero, RequestText.Get("/slow"));
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        await load.StopAsync();
        await using var output = File.Create(file);
        foreach (var log in load.Logs) output.Write(MemoryMarshal.AsBytes(log.Items));
        return 0;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
