import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles.css';
import { follow, reconnect } from './live';
import { App } from './views/App';

render(<App reconnect={reconnect} />, document.getElementById('page')!);
follow();
