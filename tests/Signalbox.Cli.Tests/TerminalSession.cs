using System.Diagnostics;
using System.Globalization;

namespace Signalbox.Cli.Tests;

/// <summary>The program on a pseudo terminal of its own, made by util-linux's <c>script</c>, with a <see cref="TerminalModel"/> that shows what a person sees.</summary>
internal sealed class TerminalSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly TemporaryDirectory _directory = new();
    private readonly Process _script;
    private readonly Task _reading;
    private readonly TerminalModel _screen;

    private TerminalSession(int columns, int rows, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        _screen = new(columns, rows);
        // the shell becomes the program, so its number is the program's
        var line = string.Create(CultureInfo.InvariantCulture,
            $"stty rows {rows} cols {columns}; echo $$ > {_directory.Join("pid")}; exec {string.Join(' ', arguments.Prepend(SignalboxProgram.Path).Select(a => $"'{a}'"))}");
        _script = SignalboxProgram.Start("script", _directory.Path, environment, "-qefc", line, "/dev/null");
        _reading = ReadAsync();
    }

    public static TerminalSession Start(int columns, int rows, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        // the test runner's own wish for no colours is not a user's
        var surroundings = new Dictionary<string, string> { ["NO_COLOR"] = "", ["TERM"] = "xterm-256color", ["SHELL"] = "/bin/sh" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) surroundings[name] = value;
        return new(columns, rows, surroundings, arguments);
    }

    /// <summary>Looks at the screen while nothing is written to it.</summary>
    public T See<T>(Func<TerminalModel, T> look)
    {
        lock (_screen) return look(_screen);
    }

    public async Task UntilAsync(Func<TerminalModel, bool> shown, string what)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (!See(shown))
        {
            Assert.True(DateTimeOffset.UtcNow < deadline && !_script.HasExited, $"the terminal does not show {what}:\n{See(screen => screen.Text)}");
            await Task.WhenAny(_reading, Task.Delay(20));
        }
    }

    public Task TypeAsync(char key)
    {
        _script.StandardInput.Write(key);
        return _script.StandardInput.FlushAsync();
    }

    /// <summary>As a person who drags the window's edge: the kernel tells the program.</summary>
    public async Task ResizeAsync(int columns)
    {
        See(screen =>
        {
            screen.Resize(columns);
            return 0;
        });
        var terminal = $"/proc/{(await File.ReadAllTextAsync(_directory.Join("pid"))).Trim()}/fd/0";
        using var stty = SignalboxProgram.Start("stty", null, null, "-F", terminal, "cols", columns.ToString(CultureInfo.InvariantCulture));
        (await SignalboxProgram.EndOf(stty)).Expect(0);
    }

    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        await _script.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        await _reading;
        return _script.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_script.HasExited) _script.Kill(entireProcessTree: true);
        await _reading;
        _script.Dispose();
        _directory.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _script.StandardOutput.ReadAsync(buffer) is > 0 and var read)
            lock (_screen) _screen.Feed(buffer.AsSpan(0, read));
    }
}
