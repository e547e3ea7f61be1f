using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Signalbox.Cli.Tests.Browser;

/// <summary>A page in the browser: what a person does with it and what it shows, and all that it asked of the network.</summary>
internal sealed class BrowserPage
{
    /// <summary>Seconds.</summary>
    private const double Patience = 60;

    private readonly DevTools _tools;
    private readonly string _session;

    public BrowserPage(DevTools tools, string session)
    {
        (_tools, _session) = (tools, session);
        tools.Happened += Took;
    }

    /// <summary>Every address that was asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Exceptions that nobody caught, and what the browser itself complained of, such as its content security policy.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    public async Task PrepareAsync(string? script)
    {
        foreach (var domain in new[] { "Page", "Runtime", "Network", "Log" }) await SendAsync($"{domain}.enable", []);
        if (script is not null) await SendAsync("Page.addScriptToEvaluateOnNewDocument", new() { ["source"] = script });
    }

    public async Task ShapeAsync(int width, int height, bool dark)
    {
        await SendAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await SendAsync("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }) });
    }

    public Task GoAsync(string address) => SendAsync("Page.navigate", new() { ["url"] = address });

    public async Task<JsonNode?> EvaluateAsync(string script)
    {
        var answer = await SendAsync("Runtime.evaluate", new() { ["expression"] = script, ["awaitPromise"] = true, ["returnByValue"] = true, ["userGesture"] = true });
        if (answer["exceptionDetails"] is { } thrown) throw new InvalidOperationException($"{script}: {thrown.ToJsonString()}");
        return answer["result"]?["value"];
    }

    public Task UntilAsync(string condition, string what) => Eventually.Async(
        () => TrueAsync(condition), $"the page comes to {what}", Patience, async () => $"{await EvaluateAsync("document.body.innerText")}\n{string.Join('\n', Complaints)}");

    public Task UntilTextAsync(string text) => UntilAsync($"document.body.innerText.includes({Quoted(text)})", $"the text '{text}'");

    /// <summary>A click of the mouse in the middle of the visible button or link of that name.</summary>
    public Task ClickAsync(string name) => ClickAsync(name, "(document.querySelector('dialog[open]') ?? document)");

    /// <summary>The button of that name that opens a dialog, and once the dialog is open the one of that name in it.</summary>
    public async Task ClickAndConfirmAsync(string name)
    {
        await ClickAsync(name);
        await ClickAsync(name, "document.querySelector('dialog[open]')");
        await UntilAsync("!document.querySelector('dialog[open]')", $"the dialog of '{name}' being done");
    }

    private async Task ClickAsync(string name, string within)
    {
        var find = $"[...({within}?.querySelectorAll('button, a, summary') ?? [])].find(e => (e.getAttribute('aria-label') ?? e.innerText).trim() === {Quoted(name)} && !e.disabled)";
        await UntilAsync($"!!{find}", $"a button or link '{name}'");
        // what is above it may still grow: the click goes where the element has stayed, and is what a pointer would meet there
        await UntilAsync($$"""
            (() => {
              const e = {{find}};
              if (!e) return false;
              e.scrollIntoView({ block: 'center' });
              const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
              const stayed = window.aim?.x === x && window.aim?.y === y;
              window.aim = { x, y };
              return stayed && e.contains(document.elementFromPoint(x, y));
            })()
            """, $"'{name}' staying where it is, with nothing over it");
        var at = await EvaluateAsync("window.aim");
        foreach (var type in new[] { "mousePressed", "mouseReleased" })
            await SendAsync("Input.dispatchMouseEvent", new() { ["type"] = type, ["x"] = (double)at!["x"]!, ["y"] = (double)at["y"]!, ["button"] = "left", ["clickCount"] = 1 });
    }

    public Task TypeAsync(string text) => SendAsync("Input.insertText", new() { ["text"] = text });

    /// <param name="key">Tab, Enter or Escape.</param>
    public async Task PressAsync(string key)
    {
        var code = key switch { "Tab" => 9, "Enter" => 13, _ => 27 };
        foreach (var type in new[] { "keyDown", "keyUp" })
        {
            var press = new JsonObject { ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code };
            if (key == "Enter" && type == "keyDown") press["text"] = "\r";
            await SendAsync("Input.dispatchKeyEvent", press);
        }
    }

    public async Task<byte[]> PictureAsync()
    {
        var answer = await SendAsync("Page.captureScreenshot", new() { ["format"] = "png" });
        return Convert.FromBase64String((string)answer["data"]!);
    }

    public static string Quoted(string text) => JsonValue.Create(text).ToJsonString();

    private async Task<bool> TrueAsync(string condition)
    {
        try
        {
            return await EvaluateAsync(condition) is JsonValue value && value.TryGetValue<bool>(out var truth) && truth;
        }
        catch (InvalidOperationException)
        {
            // between two documents there is nothing to ask
            return false;
        }
    }

    private Task<JsonObject> SendAsync(string method, JsonObject parameters) => _tools.SendAsync(_session, method, parameters);

    private void Took(string session, string method, JsonObject what)
    {
        if (session != _session) return;
        if (method == "Network.requestWillBeSent") Requests.Enqueue((string)what["request"]!["url"]!);
        if (method == "Runtime.exceptionThrown") Complaints.Enqueue(what.ToJsonString());
        if (method == "Log.entryAdded" && (string?)what["entry"]!["source"] is "security" or "violation") Complaints.Enqueue(what.ToJsonString());
    }
}
