@Controller()
export class AppController {
  @Get()
  hello() {}
}
